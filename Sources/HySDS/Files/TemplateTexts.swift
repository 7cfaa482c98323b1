/// The texts that templates can come from, as values.
package struct TemplateTexts: Sendable {
    /// `~/.sds/files`, names relative to it.
    package var user: [String: [UInt8]]
    /// The checkout's `ops` folder, at least `TemplateSources.checkoutPaths` of it.
    package var checkout: [String: [UInt8]]
    package var conf: [String: [UInt8]]

    package init(user: [String: [UInt8]] = [:], checkout: [String: [UInt8]] = [:], conf: [String: [UInt8]]) {
        self.user = user
        self.checkout = checkout
        self.conf = conf
    }

    /// A text with the name by which messages call it.
    struct Found {
        var bytes: [UInt8]
        var name: String
        var isOurs: Bool
    }

    func find(_ entry: TemplateSources.Entry) -> Found? {
        for name in entry.user {
            if let bytes = user[name] { return Found(bytes: bytes, name: "~/.sds/files/\(name)", isOurs: false) }
        }
        if let path = entry.checkout, let bytes = checkout[path] {
            return Found(bytes: bytes, name: path, isOurs: false)
        }
        return conf[entry.conf].map { Found(bytes: $0, name: "conf/\(entry.conf)", isOurs: true) }
    }

    /// The places that were searched, for the message that nothing was found.
    static func places(_ entry: TemplateSources.Entry) -> String {
        (entry.user.map { "~/.sds/files/\($0)" } + [entry.checkout].compactMap(\.self) + ["conf/\(entry.conf)"])
            .joined(separator: ", ")
    }
}
