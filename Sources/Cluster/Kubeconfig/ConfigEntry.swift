import FoundationEssentials
import Kubernetes

/// One cluster, user or context of a kubeconfig, with the place it stands in for every error.
struct ConfigEntry: Sendable {
    let file: String
    /// `users[ops]`
    let path: String
    let json: JSONValue

    func subject(_ key: String) -> String { "\(file): \(path).\(key)" }

    func error(_ key: String, _ message: String, hint: String? = nil) -> ClusterError {
        ClusterError(.configuration, subject(key), message, hint: hint)
    }

    /// An empty text counts as absent, as it does for kubectl.
    func text(_ key: String) throws(ClusterError) -> String? {
        switch json[key] {
        case nil, .null?, .string("")?: return nil
        case .string(let text)?: return text
        case let other?: throw mismatch(key, "text", other)
        }
    }

    func flag(_ key: String) throws(ClusterError) -> Bool {
        switch json[key] {
        case nil, .null?: return false
        case .bool(let value)?: return value
        case let other?: throw mismatch(key, "true or false", other)
        }
    }

    func texts(_ key: String) throws(ClusterError) -> [String] {
        switch json[key] {
        case nil, .null?: return []
        case .array(let values)?:
            let texts = values.compactMap(\.string)
            guard texts.count == values.count else { throw error(key, "expected a list of texts") }
            return texts
        case let other?: throw mismatch(key, "a list of texts", other)
        }
    }

    func entry(_ key: String) throws(ClusterError) -> ConfigEntry? {
        switch json[key] {
        case nil, .null?: return nil
        case let value? where value.object != nil: return ConfigEntry(file: file, path: "\(path).\(key)", json: value)
        case let other?: throw mismatch(key, "a mapping", other)
        }
    }

    /// What stands in base64 under `KEY-data`, else in the file that `KEY` names.
    func bytes(_ key: String, note: (String) -> Void) throws(ClusterError) -> [UInt8]? {
        let dataKey = "\(key)-data"
        if let text = try text(dataKey) {
            // kubectl refuses both at once, though its message says what is done here.
            if try self.text(key) != nil { note("\(subject(key)) is left aside for \(dataKey)") }
            guard let data = Data(base64Encoded: text.filter { !$0.isWhitespace }), !data.isEmpty else {
                throw error(dataKey, "not base64")
            }
            return [UInt8](data)
        }
        guard let path = try text(key) else { return nil }
        return try ConfigFile.bytes(ConfigFile.resolve(path, besides: file), subject: subject(key))
    }

    private func mismatch(_ key: String, _ expected: String, _ found: JSONValue) -> ClusterError {
        let kind =
            switch found {
            case .bool: "a boolean"
            case .integer, .number: "a number"
            case .array: "a list"
            case .object: "a mapping"
            case .string: "text"
            case .null: "nothing"
            }
        return error(key, "expected \(expected), found \(kind)", hint: expected == "text" ? "write it in quotes" : nil)
    }
}
