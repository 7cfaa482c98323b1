import Foundation

/// What the suite runs against, as the environment says.
///
/// `SDS_E2E_PROGRAM` the built program; `SDS_E2E_KUBECONFIG` a cluster administrator's kubeconfig, used to make
/// namespaces and the operator's account and to look at the cluster from outside; `SDS_E2E_IMAGES` a file of lines
/// `NAME=REFERENCE`; `SDS_SHARE` the folder of `k8s/` and `conf/`. The suite is skipped when one of them is missing.
struct Laboratory: Sendable {
    let program: String
    let kubeconfig: String
    let share: String
    /// Image names of `k8s/` and what runs for them.
    let images: [String: String]

    static let current = Laboratory(ProcessInfo.processInfo.environment)
    static let reason: String = {
        let needed = ["SDS_E2E_PROGRAM", "SDS_E2E_KUBECONFIG", "SDS_E2E_IMAGES", "SDS_SHARE"]
        let missing = needed.filter { (ProcessInfo.processInfo.environment[$0] ?? "").isEmpty }
        return "no cluster to test on: \(missing.joined(separator: ", ")) not set"
    }()

    /// The folder of this file, whatever links led to it.
    private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    static let sample = folder.deletingLastPathComponent().appending(path: "sample")
    static let devcluster = folder.deletingLastPathComponent().appending(path: "devcluster/devcluster").path

    private init?(_ environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let program = value("SDS_E2E_PROGRAM"), let kubeconfig = value("SDS_E2E_KUBECONFIG"),
            let share = value("SDS_SHARE"), let map = value("SDS_E2E_IMAGES"),
            let text = try? String(contentsOfFile: map, encoding: .utf8)
        else { return nil }
        self.program = program
        self.kubeconfig = kubeconfig
        self.share = share
        images = Dictionary(
            text.split(separator: "\n").compactMap { line in
                let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                return parts.count == 2 ? (parts[0], parts[1]) : nil
            }, uniquingKeysWith: { _, last in last })
    }
}

/// What the suite says while it works: one line an action, with the seconds since its start.
enum Journal {
    private static let start = ContinuousClock.now

    static func say(_ place: String, _ text: String) {
        let seconds = (ContinuousClock.now - start).seconds
        let line = String(format: "[%6.1f s] ", seconds) + "\(place): \(text)\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
