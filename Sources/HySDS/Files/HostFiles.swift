/// Files of `~/.sds/files` that were for hosts: here they would be ignored without a word, so they are named.
package enum HostFiles {
    /// What to do instead, by the name's beginning; only names that operators write themselves.
    private static let replacements: [(prefix: String, components: Set<String>, hint: String)] = [
        (
            "supervisord.conf.", ["mozart", "grq", "metrics", "factotum", "verdi"],
            "say what differs under kubernetes.workloads and kubernetes.queues (replicas, processes, env), then move the file away"
        )
    ]

    /// A complaint for each file whose content can't take effect any more, in the order of their names.
    package static func complaints(about names: some Sequence<String>) -> [HySDSError] {
        names.sorted().flatMap { name in
            replacements.filter {
                name.hasPrefix($0.prefix) && $0.components.contains(String(name.dropFirst($0.prefix.count)))
            }
            .map { HySDSError(.template, "~/.sds/files/\(name)", "no supervisord reads it any more", hint: $0.hint) }
        }
    }
}
