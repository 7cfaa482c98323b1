internal import FoundationEssentials
internal import Transfer

/// The keys of an EC2 instance's role, by the metadata service of version 2.
package enum InstanceRole {
    private static let service = "http://169.254.169.254/latest"

    /// Nil elsewhere, and for an instance without a role: within two seconds.
    package static func credentials() async -> S3Credentials? {
        guard let loop = try? CurlLoop() else { return nil }
        func ask(_ method: String, _ path: String, _ headers: [(String, String)]) async -> String? {
            guard let url = try? TransferURL(service + path) else { return nil }
            let request = TransferRequest(
                method, url, headers: HeaderFields(headers),
                connection: ConnectionOptions(proxy: .none, connectTimeout: .seconds(1)), timeout: .seconds(2))
            guard let answer = try? await loop.response(to: request), answer.status == 200 else { return nil }
            return String(decoding: answer.body, as: UTF8.self)
        }
        let lifetime = ("X-aws-ec2-metadata-token-ttl-seconds", "300")
        guard let token = await ask("PUT", "/api/token", [lifetime]) else { return nil }
        let header = ("X-aws-ec2-metadata-token", token)
        let roles = "/meta-data/iam/security-credentials/"
        guard let role = await ask("GET", roles, [header])?.split(whereSeparator: \.isNewline).first,
            let answer = await ask("GET", roles + role, [header]),
            let keys = try? JSONDecoder().decode(Keys.self, from: Data(answer.utf8))
        else { return nil }
        return S3Credentials(accessKey: keys.accessKey, secretKey: keys.secretKey, sessionToken: keys.token)
    }

    private struct Keys: Decodable {
        let accessKey: String
        let secretKey: String
        let token: String

        enum CodingKeys: String, CodingKey {
            case accessKey = "AccessKeyId"
            case secretKey = "SecretAccessKey"
            case token = "Token"
        }
    }
}
