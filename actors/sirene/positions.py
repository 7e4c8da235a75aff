"""Lambert-93 metres to WGS84 degrees."""

from pyproj import Transformer

LAMBERT, COMMUNE, UNKNOWN = "lambert", "commune", "unknown"


class Positions:
    """Where a site is, and what says so: its own coordinates, else the commune's point, else nothing."""

    def __init__(self):
        self._transformer = Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)

    def of(
        self, point: tuple[float, float] | None, latitude: float | None, longitude: float | None
    ) -> tuple[float | None, float | None, str]:
        """Latitude and longitude in degrees (6 decimals, about 10 cm), and the code of their source."""
        if point is not None:
            east, north = self._transformer.transform(*point)
            return round(north, 6), round(east, 6), LAMBERT
        if latitude is not None and longitude is not None:
            return latitude, longitude, COMMUNE
        return None, None, UNKNOWN
