/// What a template sees by name: the caller's values and what the top level has set.
final class Context: Reclaimable {
    /// A block with the template whose tables it needs.
    struct Block {
        var template: CompiledTemplate
        var block: CompiledBlock
    }

    let template: String
    private var given: [String: Value]
    var assigned: [String: Value] = [:]
    var exported: Set<String> = []
    /// The versions of every block, the most derived one first.
    var blocks: [String: [Block]]

    init(template: String, given: [String: Value], blocks: [String: [Block]]) {
        self.template = template
        self.given = given
        self.blocks = blocks
    }

    convenience init(_ template: CompiledTemplate, given: [String: Value]) {
        let blocks = template.blocks.mapValues { [Block(template: template, block: $0)] }
        self.init(template: template.name, given: given, blocks: blocks)
    }

    func resolve(_ name: String) -> Value? { assigned[name] ?? given[name] }

    var all: [String: Value] { given.merging(assigned) { $1 } }

    func assign(_ name: String, _ value: Value) {
        assigned[name] = value
        if !name.hasPrefix("_") { exported.insert(name) }
    }

    /// What an importer sees.
    var exports: [String: Value] { assigned.filter { exported.contains($0.key) } }

    func reclaim() {
        given = [:]
        assigned = [:]
    }
}
