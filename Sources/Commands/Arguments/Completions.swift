internal import ArgumentParser
internal import HySDS
internal import Operations

/// What a shell offers for words of the command line.
enum Completions {
    static let components = CompletionKind.list(Selection.words(for: .update))
    static let storeOwners = CompletionKind.list(Selection.words(for: .startStores))
    static let stores = CompletionKind.custom { _, _, _ in present().stores + ["all"] }
    /// Components, then workloads and programs of this configuration.
    static let names = CompletionKind.custom { _, _, _ in Selection.words(for: .update) + present().workloads }

    /// Nothing where there is no configuration yet: a shell shows no errors.
    private static func present() -> (workloads: [String], stores: [String]) {
        guard let share = try? Surroundings.share(), let home = try? Surroundings.home(),
            let site = try? Site.load(
                share: share, configurationFile: home + "/.sds/config", home: home, opsFolder: nil, namespace: nil)
        else { return ([], []) }
        let names = site.topology.workloads.flatMap { [$0.name] + $0.programs }
        return (Array(Set(names)).sorted(), site.topology.stores.map(\.name))
    }
}
