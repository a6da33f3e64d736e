"""Runs as steps of other schedulers: Dagster and Airflow. Each imports its own package, and only there."""
