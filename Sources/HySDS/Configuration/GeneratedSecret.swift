/// A secret that the configuration leaves open: made once, then kept in the cluster.
///
/// Until 2.x sdscli shipped constants for some of these (`guest`, fixed Flask keys); here every cluster has its own.
package struct GeneratedSecret: Hashable, Sendable {
    /// The key of the configuration, as templates use it.
    package let name: String
    package let purpose: String
    /// Random bytes, written as twice as many hexadecimal digits: safe in URLs, YAML, JSON and Erlang cookies.
    package let byteCount: Int

    /// The store that asks for it; nil for what no store knows.
    package let store: String?

    package init(name: String, purpose: String, byteCount: Int, store: String? = nil) {
        self.name = name
        self.purpose = purpose
        self.byteCount = byteCount
        self.store = store
    }

    package static let all: [GeneratedSecret] = [
        .init(name: "MOZART_RABBIT_PASSWORD", purpose: "RabbitMQ's user", byteCount: 24, store: "mozart-rabbitmq"),
        .init(name: "MOZART_REDIS_PASSWORD", purpose: "mozart's Redis", byteCount: 24, store: "mozart-redis"),
        .init(name: "METRICS_REDIS_PASSWORD", purpose: "metrics' Redis", byteCount: 24, store: "metrics-redis"),
        .init(
            name: "RABBITMQ_ERLANG_COOKIE", purpose: "RabbitMQ's nodes and tools", byteCount: 24,
            store: "mozart-rabbitmq"),
        .init(name: "MOZART_SECRET_KEY", purpose: "sessions of mozart's REST service", byteCount: 32),
        .init(name: "GRQ_SECRET_KEY", purpose: "sessions of grq2's REST service", byteCount: 32),
        .init(name: "PELE_SECRET_KEY", purpose: "sessions and tokens of pele", byteCount: 32),
        .init(name: "FRONT_PASSWORD", purpose: "OPS_USER at the front", byteCount: 16),
    ]

    /// The secret's text from random bytes; takes what the generator gives, reads no randomness itself.
    package func text(from random: (Int) -> [UInt8]) -> Secret<String> {
        let digits = Array("0123456789abcdef")
        return Secret(String(random(byteCount).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }))
    }
}
