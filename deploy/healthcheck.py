"""Tell Docker whether the web service answers, under the host name Django accepts; exit code 0 when it does."""

import http.client
import os
import sys

host = os.environ["ALLOWED_HOSTS"].split(",", 1)[0].strip()
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
try:
    connection.request("GET", "/sante/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    status = connection.getresponse().status
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"no answer: {error}")
sys.exit(0 if status == 200 else f"status {status}")
