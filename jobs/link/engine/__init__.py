"""The engines that find and score pairs: the scoring context, DuckDB and Spark."""
