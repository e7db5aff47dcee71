"""Who: case lists, census, backlog, drill-down."""
