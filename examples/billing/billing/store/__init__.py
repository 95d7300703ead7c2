"""All SQL of the service, behind functions: one module a group of tables."""
