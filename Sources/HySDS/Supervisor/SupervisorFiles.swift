/// The files of `~/.sds/files` that told supervisord what to run.
package enum SupervisorFiles {
    private static let prefix = "supervisord.conf."
    /// The one of the workers on EC2, rendered for each queue.
    static let ofQueues = "supervisord.conf.tmpl"

    package static func isOne(_ name: String) -> Bool {
        name == ofQueues || component(of: name) != nil
    }

    static func component(of name: String) -> Component? {
        name.hasPrefix(prefix) ? Component(rawValue: String(name.dropFirst(prefix.count))) : nil
    }
}
