import pytest

from tests import county as counties


@pytest.fixture
def county() -> counties.County:
    return counties.build(kicked_off=False)
