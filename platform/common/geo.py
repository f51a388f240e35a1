"""Places on the earth, as (latitude, longitude) in degrees of WGS-84."""

from math import asin, cos, degrees, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the metres between two places along the earth's surface (haversine)."""
    lat_a, lat_b = radians(a[0]), radians(b[0])
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b[1] - a[1]) / 2
    share = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(share)))


def box_around(place: tuple[float, float], metres: float) -> tuple[float, float, float, float]:
    """Return (south, west, north, east) of a box that holds the circle around a place."""
    lat, lon = place
    d_lat = degrees(metres / EARTH_RADIUS_M)
    widest = min(abs(lat) + d_lat, 89.0)  # a degree of longitude is shortest at the far edge
    d_lon = d_lat / cos(radians(widest))
    return lat - d_lat, lon - d_lon, lat + d_lat, lon + d_lon
