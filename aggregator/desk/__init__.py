"""What people do: each use case takes (connection, actor, now, …) and writes its change with an audit row."""
