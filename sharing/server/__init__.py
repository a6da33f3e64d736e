"""The Delta Sharing server: the open protocol over the lake's published gold tables, without a JVM."""
