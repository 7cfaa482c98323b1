import Foundation

@testable import Templates

/// A template and what Python's Jinja2 made of it, as `Tests/jinja/generate.py` writes it.
struct JinjaCase: Decodable, Sendable {
    let kind: String
    let source: String
    let templates: [String: String]
    let lenient: Bool
    let options: [String: Bool]
    let context: [String: TaggedValue]
    let expected: String?
    let error: String?
    let message: String?
    let line: Int?

    static func cases(in data: Data) throws -> [JinjaCase] {
        let decoder = JSONDecoder()
        return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(JinjaCase.self, from: $0) }
    }

    var templateOptions: TemplateOptions {
        var result = TemplateOptions()
        result.undefined = lenient ? .lenient : .strict
        result.trimsBlocks = options["trim_blocks"] ?? false
        result.stripsBlocks = options["lstrip_blocks"] ?? false
        result.keepsTrailingNewline = options["keep_trailing_newline"] ?? false
        return result
    }

    func render() throws(TemplateError) -> String {
        let template = try Template(source: source, name: "main", options: templateOptions)
        let templates = templates
        return try template.render(context: context.mapValues(\.value), loader: TemplateLoader { templates[$0] })
    }

    /// nil if Swift did what Python did.
    var difference: String? {
        do {
            let output = try render()
            guard let expected else {
                return "rendered \(output.debugDescription), Python: \(error ?? "") \(message ?? "")"
            }
            if Array(output.unicodeScalars) == Array(expected.unicodeScalars) { return nil }
            return "rendered \(output.debugDescription)\n  Python  \(expected.debugDescription)"
        } catch {
            // The one thing of Python that is left out: integers beyond 64 bits.
            if kind != "corpus", error.message == Failure.overflow.message { return nil }
            if kind != "corpus", error.message.contains("memory address") { return nil }
            if let expected { return "failed: \(error)\n  Python  \(expected.debugDescription)" }
            // Random cases may hold several errors, and Jinja2 finds some of them before it runs.
            guard kind == "corpus" else { return nil }
            let isSameKind =
                switch self.error {
                case "UndefinedError": error.kind == .undefined
                case "TemplateNotFound", "TemplatesNotFound": error.kind == .missingTemplate
                case "TemplateSyntaxError", "TemplateAssertionError": error.kind == .syntax
                default: true
                }
            if isSameKind || error.kind == .limit { return nil }
            return "failed as \(error.kind): \(error), Python: \(self.error ?? "") \(message ?? "")"
        }
    }
}

/// A context value with its Python type.
struct TaggedValue: Decodable, Sendable {
    let value: TemplateValue

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        switch try container.decode(String.self) {
        case "n": value = .null
        case "b": value = .bool(try container.decode(Bool.self))
        case "i": value = .integer(try container.decode(Int.self))
        case "f": value = .double(Double(try container.decode(String.self)) ?? .nan)
        case "s": value = .string(try container.decode(String.self))
        case "l": value = .list(try container.decode([TaggedValue].self).map(\.value))
        default:
            value = .dictionary(
                try container.decode([[TaggedValue]].self).map { TemplatePair($0[0].value, $0[1].value) })
        }
    }
}
