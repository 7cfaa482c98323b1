internal import FoundationEssentials
internal import HySDS
internal import ObjectStore

/// The bucket of `CODE_BUCKET`: bundles, and images of packages.
struct CodeBucket: Sendable {
    /// As the configuration has it: a host name or a URL.
    let endpoint: String
    let name: String
    let bucket: S3Bucket
    private let region: String
    private let credentials: S3Credentials

    /// Nil when the configuration names none.
    ///
    /// - Throws: `OperationError` (usage) without keys for it.
    static func open(_ session: Session) async throws -> CodeBucket? {
        let configuration = session.site.configuration
        guard let name = configuration.text("CODE_BUCKET"), !name.isEmpty else { return nil }
        let region = configuration.text("AWS_REGION") ?? "us-west-2"
        let endpoint = configuration.text("S3_ENDPOINT") ?? "s3.\(region).amazonaws.com"
        let credentials = try await S3CredentialSource(session: session).credentials()
        do {
            return CodeBucket(
                endpoint: endpoint, name: name,
                bucket: try S3Bucket(name, endpoint: endpoint, region: region, credentials: credentials),
                region: region, credentials: credentials)
        } catch {
            throw OperationError(
                .usage, "\(session.site.configurationFile): S3_ENDPOINT: \(error.message)",
                hint: "expected a host name or a URL")
        }
    }

    /// Host and port, without a scheme.
    private var authority: String {
        let rest = endpoint.firstRange(of: "://").map { String(endpoint[$0.upperBound...]) } ?? endpoint
        return String(rest.prefix { $0 != "/" })
    }

    /// How documents name an object of it.
    func address(of key: String) -> BucketAddress {
        BucketAddress(endpoint: authority, bucket: name, key: key)
    }

    func address(_ text: String) -> BucketAddress? {
        BucketAddress(text, bucket: name, endpoint: authority)
    }

    /// The key of an address in this bucket; nil for any other address.
    func key(of text: String) -> String? {
        guard let address = address(text), address.bucket == name, address.endpoint == authority else { return nil }
        return address.key
    }

    /// The bytes at an address that a document holds: of a bucket, or of the web.
    func download(_ text: String) async throws -> ObjectDownload {
        do {
            if let address = address(text) {
                if address.bucket == name && address.endpoint == authority {
                    return try await bucket.download(address.key)
                }
                let own = address.endpoint == authority ? endpoint : address.endpoint
                return try await S3Bucket(address.bucket, endpoint: own, region: region, credentials: credentials)
                    .download(address.key)
            }
            guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
                throw OperationError(
                    .failed, "the image \(text) can't be read", hint: "expected an address of s3, https or http")
            }
            return try await ObjectDownload.web(text)
        } catch let error as S3Error {
            throw OperationError(error.operationKind, "the image \(text) can't be read: \(error.message)")
        }
    }
}
