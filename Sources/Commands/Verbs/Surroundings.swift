internal import ArgumentParser
internal import Cluster
internal import Foundation
internal import HySDS
internal import Logging
internal import Operations

/// The outside world as one run of the program meets it: files, environment, cluster, terminal.
struct Surroundings {
    let console: Console
    let options: GlobalOptions
    let site: Site
    let share: Share

    /// - Parameter allowsUndefined: sdscli's way with names that no template's context has.
    init(_ options: GlobalOptions, allowsUndefined: Bool = false) throws {
        self.options = options
        console = Console(format: options.output)
        share = try Surroundings.share()
        site = try Site.load(
            share: share, configurationFile: try Surroundings.configurationFile(options), home: try Surroundings.home(),
            opsFolder: options.ops, namespace: options.namespace, environment: ProcessInfo.processInfo.environment,
            allowsUndefined: allowsUndefined)
        for warning in site.warnings { console.message("warning: \(warning)", .warning) }
    }

    static func share() throws(OperationError) -> Share {
        try Share(program: program, environment: ProcessInfo.processInfo.environment)
    }

    static func home() throws(OperationError) -> String {
        guard let home = ProcessInfo.processInfo.environment["HOME"], !home.isEmpty else {
            throw OperationError(.usage, "HOME is not set", hint: "set it to the folder that holds .sds")
        }
        return home
    }

    static func configurationFile(_ options: GlobalOptions) throws(OperationError) -> String {
        try path(options.config)
    }

    /// A path of the command line, `~` taken for HOME.
    static func path(_ text: String) throws(OperationError) -> String {
        text.hasPrefix("~/") ? try home() + text.dropFirst() : text
    }

    /// The program's own file, whatever it was called by.
    private static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    func session(_ verb: String, _ change: Session.Options) async throws -> Session {
        let settings = site.configuration.kubernetes
        let environment = ProcessInfo.processInfo.environment
        let client: ClusterClient
        let access: ClusterAccess
        do {
            let isDebugging = options.debug
            let source = KubeconfigSource.process(isInteractive: isatty(STDIN_FILENO) == 1) { [console] note in
                switch note {
                case .warning(let text): console.message("warning: \(text)", .warning)
                case .running(let text): if isDebugging { console.message("running the credential plugin \(text)") }
                }
            }
            access = try ClusterAccess.load(
                file: options.kubeconfig ?? settings.kubeconfig, context: options.context ?? settings.context,
                from: source)
            client = try ClusterClient(
                access,
                settings: ClientSettings(
                    cacheFolder: environment["HOME"].map { "\($0)/.sds/cache" },
                    userAgent: "sds/\(SDS.configuration.version)"),
                logger: isDebugging ? Logger.debugging : nil
            ) { [console] warning in console.message("warning from the cluster: \(warning)", .warning) }
        } catch {
            throw OperationError(error)
        }
        let console = console
        return Session(
            site: site, client: client, namespace: settings.namespace,
            identity: Identity(user: environment["USER"] ?? NSUserName(), host: Surroundings.hostName, command: verb),
            options: change, emit: { console.show($0) })
    }

    /// Work on a cluster with one deadline for all of it, the way there included.
    ///
    /// - Parameter allowance: for what may follow the session's own deadline.
    func work<Report: Sendable>(
        _ verb: String, within timeout: Duration, allowance: Duration = .zero,
        _ settings: Session.Options = Session.Options(),
        _ body: @escaping @Sendable (Session) async throws -> Report
    ) async throws -> Report {
        var settings = settings
        settings.timeout = timeout
        let session = try await session(verb, settings)
        return try await Deadline.within(timeout + allowance, verb: verb) { try await body(session) }
    }

    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func selection(_ word: String, for verb: Verb) throws -> [Component] {
        do {
            return try Selection(word, for: verb).components
        } catch {
            throw OperationError(error)
        }
    }
}

extension Logger {
    /// Everything that the layers below trace, on stderr.
    static var debugging: Logger {
        var logger = Logger(label: "sds") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .debug
        return logger
    }
}
