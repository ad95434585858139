fields
--help
