"""HTTP: parse, call one rule, show. One module a resource."""
