internal import FoundationEssentials

/// What a build needs to know of this machine (package index, proxies, certificates): files that are mounted during
/// single steps, from a folder that is removed afterwards. Nothing of them is kept in the image.
struct BuildSecrets: Sendable {
    /// By their ids in the Containerfile.
    let files: [String: String]

    /// - Parameters:
    ///   - folder: a private one.
    ///   - bundle: certificates instead of this machine's.
    static func make(
        in folder: String, bundle: String?, environment: [String: String]
    ) async throws -> BuildSecrets {
        let pip = await pipSettings(environment)
        let apt = await aptSettings()
        var texts = ["pip.conf": Data(pip.utf8), "apt.conf": Data(apt.utf8)]
        texts["ca.crt"] = try certificates(bundle, environment)
        var files: [String: String] = [:]
        for (id, data) in texts {
            files[id] = "\(folder)/\(id)"
            try Folder.write(data, to: "\(folder)/\(id)", mode: 0o600)
        }
        return BuildSecrets(files: files)
    }

    private static func certificates(_ bundle: String?, _ environment: [String: String]) throws -> Data {
        if let bundle {
            guard let bytes = try Folder.read(bundle), !bytes.isEmpty else {
                throw OperationError(.usage, "--build-ca: \(bundle) holds no certificates")
            }
            return Data(bytes)
        }
        let places = [
            environment["PIP_CERT"], environment["SSL_CERT_FILE"], "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
        ].compactMap(\.self).filter { !$0.isEmpty }
        // None is no error: the base has its own.
        guard let place = places.first(where: { FileManager.default.isReadableFile(atPath: $0) }) else { return Data() }
        return Data(try Folder.read(place) ?? [])
    }

    /// pip's settings but those that name paths of this machine; the environment wins, as it does for pip.
    private static func pipSettings(_ environment: [String: String]) async -> String {
        let names = ["index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries"]
        var values: [String: String] = [:]
        let listed = await Tool(["python3", "-m", "pip", "config", "list"]).answer() ?? ""
        for line in listed.split(whereSeparator: \.isNewline) {
            guard let mark = line.firstIndex(of: "="), let dot = line[..<mark].lastIndex(of: ".") else { continue }
            let name = String(line[line.index(after: dot)..<mark])
            let value = line[line.index(after: mark)...].trimming { $0 == "'" }
            if names.contains(name), values[name] == nil { values[name] = value }
        }
        for name in names {
            let variable = "PIP_" + name.uppercased().replacing("-", with: "_")
            if let value = environment[variable], !value.isEmpty { values[name] = value }
        }
        // A value of several lines goes on indented.
        let lines = values.sorted { $0.key < $1.key }.map { name, value in
            "\(name) = \(value.replacing("\\n", with: "\n").split(whereSeparator: \.isWhitespace).joined(separator: "\n  "))"
        }
        return lines.isEmpty ? "" : "[global]\n" + lines.joined(separator: "\n") + "\n"
    }

    /// apt's proxies; its sources are the base image's.
    private static func aptSettings() async -> String {
        let listed = await Tool(["apt-config", "dump"]).answer() ?? ""
        let lines = listed.split(whereSeparator: \.isNewline).filter { line in
            line.hasPrefix("Acquire::") && line.lowercased().contains("proxy") && !line.hasSuffix("\"\";")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension Substring {
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        var text = self
        while let first = text.first, isTrimmed(first) { text.removeFirst() }
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return String(text)
    }
}
