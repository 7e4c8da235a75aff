"""Reading INSEE's Sirene stock files: pure, no database."""
