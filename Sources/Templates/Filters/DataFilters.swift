/// Filters that write out whole values.
enum DataFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "tojson": { runtime, value, arguments in
            let indent = try arguments.bind("tojson", ["indent"]).value(0, default: .null)
            let json = try JSONText(runtime, indent: indent).text(of: value)
            var safe: [Unicode.Scalar] = []
            for scalar in json.scalars {
                switch scalar {
                case "<", ">", "&", "'": safe += Escapes.json(scalar)
                default: safe.append(scalar)
                }
            }
            return .string(Text(safe, isMarkup: true))
        },
        "pprint": { runtime, value, arguments in
            try arguments.expectNone("pprint")
            return .string(try PrettyText(runtime).text(of: value))
        },
    ]
}
