class Config:
    SECRET_KEY = "secret key"
    ES_URL = "http://127.0.0.1:9200"
    ES_INDEX = "grq"
    AUTH = False


class ProductionConfig(Config):
    DEBUG = False


class DevelopmentConfig(Config):
    DEBUG = True


class TestConfig(Config):
    TESTING = True
