import FoundationEssentials
import Kubernetes

/// Reads files that a kubeconfig is or names.
enum ConfigFile {
    /// Larger is no kubeconfig, certificate or token.
    static let largest = 16 << 20

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// - Parameter subject: What names the file, for the error.
    static func bytes(_ path: String, subject: String) throws(ClusterError) -> [UInt8] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ClusterError(.configuration, subject, subject == path ? "no such file" : "no such file: \(path)")
        }
        guard !isFolder else {
            throw ClusterError(.configuration, subject, subject == path ? "is a folder" : "\(path) is a folder")
        }
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard data.count <= largest else {
                throw ClusterError(.configuration, subject, "\(path) has \(data.count >> 20) MiB, too much for this")
            }
            return [UInt8](data)
        } catch let error as ClusterError {
            throw error
        } catch {
            throw ClusterError(.configuration, subject, "can't read \(path)", hint: "check its permissions")
        }
    }

    /// As a kubeconfig means it: relative to the file that it stands in.
    static func resolve(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
        return "\(folder)/\(path)"
    }
}
