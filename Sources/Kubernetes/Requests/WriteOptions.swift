/// How a dry run and the strictness about unknown fields are said in every request that writes.
package struct WriteOptions: Hashable, Sendable {
    package static let fieldManager = "sds"

    package var fieldManager: String
    /// The server does everything but keep the result.
    package var dryRun: Bool
    /// An unknown or doubled field is an error. Servers before 1.25 ignore the wish.
    package var strict: Bool

    package init(fieldManager: String = WriteOptions.fieldManager, dryRun: Bool = false, strict: Bool = true) {
        self.fieldManager = fieldManager
        self.dryRun = dryRun
        self.strict = strict
    }

    var query: [APIRequest.QueryItem] {
        var items = [APIRequest.QueryItem("fieldManager", fieldManager)]
        if dryRun { items.append(APIRequest.QueryItem("dryRun", "All")) }
        if strict { items.append(APIRequest.QueryItem("fieldValidation", "Strict")) }
        return items
    }
}
