internal import FoundationEssentials
internal import HySDS
internal import ObjectStore

/// Whose keys open the bucket, in the order in which the AWS command line looks, after the configuration's own.
struct S3CredentialSource {
    let session: Session

    /// - Throws: `OperationError` (usage) that lists the places looked in.
    func credentials() async throws -> S3Credentials {
        let configuration = session.site.configuration
        let environment = session.site.environment
        func pair(_ access: String?, _ secret: String?, _ token: String? = nil) -> S3Credentials? {
            guard let access, let secret, !access.isEmpty, !secret.isEmpty else { return nil }
            return S3Credentials(accessKey: access, secretKey: secret, sessionToken: token)
        }
        if let found = pair(configuration.text("AWS_ACCESS_KEY"), configuration.text("AWS_SECRET_KEY")) { return found }
        if let found = pair(
            environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], environment["AWS_SESSION_TOKEN"])
        {
            return found
        }
        let file = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(session.site.home)/.aws/credentials"
        let profile = environment["AWS_PROFILE"] ?? "default"
        let values = S3CredentialSource.section(profile, of: file)
        if let found = pair(
            values["aws_access_key_id"], values["aws_secret_access_key"], values["aws_session_token"])
        {
            return found
        }
        if let found = await InstanceRole.credentials() { return found }
        throw OperationError(
            .usage, "no keys for the bucket \(configuration.text("CODE_BUCKET") ?? "")",
            causes: [
                "looked for AWS_ACCESS_KEY in \(session.site.configurationFile), AWS_ACCESS_KEY_ID in the environment, "
                    + "[\(profile)] in \(file), and a role of this EC2 instance"
            ], hint: "set one of them, or leave CODE_BUCKET empty to upload nothing")
    }

    /// The values of an INI file's section; empty when there is no such file or section.
    static func section(_ name: String, of file: String) -> [String: String] {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: file)) else { return [:] }
        var values: [String: String] = [:]
        var isInside = false
        for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let text = line.trimmed
            if text.hasPrefix("[") {
                isInside = text == "[\(name)]"
            } else if isInside, !text.hasPrefix("#"), let equals = text.firstIndex(of: "=") {
                values[text[..<equals].trimmed] = text[text.index(after: equals)...].trimmed
            }
        }
        return values
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
