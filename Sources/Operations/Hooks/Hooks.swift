internal import Foundation
package import HySDS
internal import Subprocess

#if canImport(System)
    internal import System
#else
    internal import SystemPackage
#endif

/// The hooks of one run of a verb: `~/.sds/hooks` in place of sdscli's `~/.sds/cluster.py`.
///
/// A hook before the verb that fails stops it before anything is changed. Hooks after it run when it has succeeded.
package struct Hooks: Sendable {
    private let folder: String
    private let verb: String
    private let word: String
    private let components: [Component]
    private let environment: [String: String]

    /// - Parameters:
    ///   - word: what the verb was asked to act on: `grq`, `all`.
    ///   - environment: the program's own, from which whatever looks like a secret is taken out.
    package init(
        _ verb: String, word: String, components: [Component], site: Site, context: String?,
        environment: [String: String]
    ) {
        folder = URL(fileURLWithPath: site.configurationFile).deletingLastPathComponent().path + "/hooks"
        self.verb = verb
        self.word = word
        self.components = components
        var variables = environment.filter { !Hooks.isSecret($0.key) }
        variables["SDS_VERB"] = verb
        variables["SDS_COMPONENTS"] = components.map(\.rawValue).joined(separator: " ")
        variables["SDS_NAMESPACE"] = site.configuration.kubernetes.namespace
        variables["SDS_CONTEXT"] = context ?? site.configuration.kubernetes.context ?? ""
        variables["SDS_CONFIG"] = site.configurationFile
        self.environment = variables
    }

    /// Keys of the configuration may come from the environment: those that are secret don't go on to hooks.
    private static func isSecret(_ name: String) -> Bool {
        name.hasPrefix("SDS_") && Configuration.isSecret(String(name.dropFirst(4)))
    }

    /// The hooks that there are, in the order in which they run.
    package func present(_ phase: Hook.Phase) -> [Hook] {
        Hook.all(phase, verb, components).filter { FileManager.default.fileExists(atPath: path(of: $0)) }
    }

    /// What a plan says of them, a line each.
    package var titles: [String] {
        Hook.Phase.allCases.flatMap { phase in
            present(phase).map { "run the hook \($0.name) \(phase == .pre ? "before" : "after") everything else" }
        }
    }

    /// Files whose names mean nothing.
    package var warnings: [HySDSError] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.sorted().filter {
            !Hook.names.contains($0) && !$0.hasPrefix(".") && !$0.contains(".") && !$0.hasSuffix("~")
        }
        .map {
            HySDSError(
                .configuration, "\(folder)/\($0)", "no hook of this name runs",
                hint: Names.hint(for: $0, among: Hook.names))
        }
    }

    /// - Throws: `OperationError` (failed) that names the first hook that fails.
    package func run(_ phase: Hook.Phase, emit: EventSink) async throws {
        for hook in present(phase) {
            emit(.started(step: "hook \(hook.name)"))
            let clock = ContinuousClock()
            let start = clock.now
            try await run(hook)
            emit(.finished(step: "hook \(hook.name)", clock.now - start))
        }
    }

    private func run(_ hook: Hook) async throws {
        let consequence =
            hook.phase == .pre ? "nothing was changed" : "the verb itself is done"
        guard FileManager.default.isExecutableFile(atPath: path(of: hook)) else {
            throw OperationError(
                .failed, "the hook \(hook.name) isn't executable: \(consequence)",
                hint: "chmod +x \(path(of: hook)), or move it away")
        }
        var variables = environment
        variables["SDS_PHASE"] = hook.phase.rawValue
        variables["SDS_COMPONENT"] = hook.component?.rawValue ?? word
        let status: TerminationStatus
        do {
            var options = PlatformOptions()
            // In a group of its own, so that what it started ends with it.
            options.processGroupID = 0
            status = try await Subprocess.run(
                .path(FilePath(path(of: hook))),
                environment: .custom(
                    Dictionary(
                        uniqueKeysWithValues: variables.compactMap { key, value in
                            Environment.Key(rawValue: key).map { ($0, value) }
                        })), platformOptions: options, output: .currentStandardError, error: .currentStandardError
            ).terminationStatus
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw OperationError(
                .failed, "the hook \(hook.name) can't be started: \(consequence)", causes: ["\(error)"])
        }
        try Task.checkCancellation()
        guard status.isSuccess else {
            throw OperationError(
                .failed, "the hook \(hook.name) failed: \(consequence)", causes: [Hooks.text(of: status)],
                hint: "\(path(of: hook)) said why above")
        }
    }

    private static func text(of status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "exit code \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }

    private func path(of hook: Hook) -> String { "\(folder)/\(hook.name)" }
}
