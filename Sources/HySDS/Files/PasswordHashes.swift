internal import Crypto

/// Passwords as servers store them. Salts are derived from a secret of the cluster, so rendering again gives the same text.
package struct PasswordHashes {
    private let configuration: Configuration

    package init(configuration: Configuration) {
        self.configuration = configuration
    }

    /// RabbitMQ's `rabbit_password_hashing_sha256`: base64(salt + SHA-256(salt + password)) with a salt of 4 bytes.
    package var rabbitMQ: String {
        let password = configuration.text("MOZART_RABBIT_PASSWORD") ?? ""
        let salt = salt(for: "rabbitmq \(configuration.text("MOZART_RABBIT_USER") ?? "")", length: 4)
        return Self.rabbitMQ(password, salt: salt)
    }

    package static func rabbitMQ(_ password: String, salt: [UInt8]) -> String {
        Base64.encode(salt + Array(SHA256.hash(data: salt + Array(password.utf8))))
    }

    /// Lines of an htpasswd file: `OPS_USER` with `FRONT_PASSWORD`, and `kubernetes.front.users`.
    ///
    /// nginx itself understands {SSHA}, so it doesn't depend on what the image's libcrypt can do (bcrypt is missing in musl's).
    package var frontUsers: String {
        var users = configuration.kubernetes.front.users.mapValues(\.revealed)
        if let password = configuration.text("FRONT_PASSWORD") {
            let name = configuration.text("OPS_USER") ?? "ops"
            users[name] = users[name] ?? password
        }
        return users.sorted { $0.key < $1.key }
            .map { "\($0.key):\(Self.salted($0.value, salt: salt(for: "front \($0.key)", length: 8)))" }
            .joined(separator: "\n")
    }

    /// base64(SHA-1(password + salt) + salt) as RFC 2307's {SSHA}.
    package static func salted(_ password: String, salt: [UInt8]) -> String {
        "{SSHA}" + Base64.encode(Array(Insecure.SHA1.hash(data: Array(password.utf8) + salt)) + salt)
    }

    private func salt(for purpose: String, length: Int) -> [UInt8] {
        let key = configuration.text("MOZART_SECRET_KEY") ?? ""
        return Array(Digest.keyed(Array("salt of \(purpose)".utf8), key: Array("sds\(key)".utf8)).prefix(length))
    }
}
