/// Whether and how `ship` writes bundles.
package struct BundleOptions: Sendable {
    /// The bucket's service encrypts them at rest.
    package var isEncrypted: Bool

    package init(isEncrypted: Bool) {
        self.isEncrypted = isEncrypted
    }
}

/// What became of a queue's bundle.
package struct BundleReport: Sendable, Encodable, Equatable {
    package let queue: String
    /// On this machine.
    package let file: String
    package let bytes: Int
    package let sha256: String
    /// Where it was uploaded to; nil without a bucket.
    package let url: String?
    /// The file and the object were this already.
    package let isUnchanged: Bool
}
