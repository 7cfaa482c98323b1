/// What a store says about itself in `k8s/`: how to ask it from inside its pod.
package struct StoreFacts: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
        case redis
        case rabbitmq
        case elasticsearch
    }

    package var kind: Kind
    /// As `sds-store` and its credentials file name it.
    package var name: String
    /// Run in the store's pod; exit 0 means healthy.
    package var health: [String]
    /// Prints a JSON list of queues; empty for stores without queues.
    package var queues: [String]

    package init(kind: Kind, name: String, health: [String], queues: [String] = []) {
        self.kind = kind
        self.name = name
        self.health = health
        self.queues = queues
    }
}
