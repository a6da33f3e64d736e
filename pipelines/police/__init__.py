"""Police cloud: the National Police Agency and county police."""
