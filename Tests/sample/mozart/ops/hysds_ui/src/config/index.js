exports.ROOT_PATH = "/hysds_ui";
