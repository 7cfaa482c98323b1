/// What a workload's pods must know of the release they run; made by Operations from what it uploaded.
package struct ReleaseFacts: Hashable, Sendable, Codable {
    /// A ConfigMap's chunk and the name it gets in `/sds-chunks`.
    package struct Chunk: Hashable, Sendable, Codable {
        package var configMap: String
        package var path: String

        package init(configMap: String, path: String) {
            self.configMap = configMap
            self.path = path
        }
    }

    /// 64 hexadecimal digits.
    package var digest: String
    /// Raised by every update, ship and rollback.
    package var sequence: Int
    /// The ConfigMap that holds `release.json`.
    package var manifestConfigMap: String
    package var chunks: [Chunk]
    /// The trees' names in the order of PYTHONPATH, `more-trees` included.
    package var trees: [String]
    /// Bytes of the trees that the image holds, which pods copy out of it: the image's, so that a patch changes no pod.
    package var imageBytes: Int

    package init(
        digest: String, sequence: Int, manifestConfigMap: String, chunks: [Chunk], trees: [String], imageBytes: Int = 0
    ) {
        self.digest = digest
        self.sequence = sequence
        self.manifestConfigMap = manifestConfigMap
        self.chunks = chunks
        self.trees = trees
        self.imageBytes = imageBytes
    }
}

/// Which Secret a workload's pods mount, and where its files go.
package struct SecretFacts: Hashable, Sendable, Codable {
    package struct Item: Hashable, Sendable, Codable {
        /// The key in the Secret.
        package var key: String
        /// Below `/sds-secrets`.
        package var path: String

        package init(key: String, path: String) {
            self.key = key
            self.path = path
        }
    }

    package var name: String
    /// Changes with the files; tells nothing about them to who doesn't hold the key.
    package var generation: String
    package var items: [Item]

    package init(name: String, generation: String, items: [Item]) {
        self.name = name
        self.generation = generation
        self.items = items
    }
}
