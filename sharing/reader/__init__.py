"""How analysts read a lake or a share from Python and SQL; starts no JVM unless Spark is asked for."""
