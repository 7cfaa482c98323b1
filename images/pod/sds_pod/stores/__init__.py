"""Operations on the stores of a HySDS: Elasticsearch or OpenSearch, RabbitMQ, Redis."""
