"""SQL, PostgreSQL first."""
