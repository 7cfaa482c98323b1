/// An account's keys. Printing them shows the access key only.
package struct S3Credentials: Hashable, Sendable {
    package let accessKey: String
    let secretKey: String
    /// Of temporary credentials (an instance's role, a session).
    let sessionToken: String?

    package init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension S3Credentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "access key \(accessKey)" }
    package var customMirror: Mirror { Mirror(self, children: ["accessKey": accessKey]) }
}
