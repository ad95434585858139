boots
--help
