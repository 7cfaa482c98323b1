/// Filters for HTML and URLs.
enum MarkupFilters {
    static let all: [String: FilterRegistry.Filter] = [
        "escape": escape, "e": escape,
        "forceescape": { runtime, value, arguments in
            try arguments.expectNone("forceescape")
            return .string(Markup.escape(try runtime.softText(value).plain))
        },
        "safe": { runtime, value, arguments in
            try arguments.expectNone("safe")
            return .string(Text(try runtime.softText(value).scalars, isMarkup: true))
        },
        "striptags": { runtime, value, arguments in
            try arguments.expectNone("striptags")
            return .string(Markup.strippingTags(try runtime.softText(value)))
        },
        "xmlattr": xmlAttributes,
        "urlencode": urlEncode,
        "urlize": { runtime, value, arguments in
            let bound = try arguments.bind("urlize", ["trim_url_limit", "nofollow", "target", "rel", "extra_schemes"])
            let text = Markup.escape(try runtime.softText(value)).plain
            return .string(try Urlizer(bound, runtime).urlize(text))
        },
    ]

    private static let escape: FilterRegistry.Filter = { runtime, value, arguments in
        try arguments.expectNone("escape")
        return .string(Markup.escape(try runtime.softText(value)))
    }

    private static let xmlAttributes: FilterRegistry.Filter = { runtime, value, arguments in
        let autospace = try arguments.bind("xmlattr", ["autospace"]).value(0, default: .bool(true))
        if case .undefined(let undefined) = value { throw undefined.failure }
        guard case .dict(let dict) = value else { throw Failure.type("xmlattr needs a dict, found \(value.typeName)") }
        var items: [Text] = []
        for (key, value) in zip(dict.keys, dict.values) where !value.isNone && !value.isUndefined {
            guard let name = key.asText else { throw Failure.type("an attribute name should be a str") }
            if name.scalars.contains(where: { "\t\n\r\u{b}\u{c} />=".unicodeScalars.contains($0) }) {
                throw Failure.value("invalid character in attribute name: '\(name.string)'")
            }
            items.append(Markup.escape(name) + "=\"" + Markup.escape(try runtime.softText(value)) + "\"")
        }
        let joined = Text.joined(items, by: " ")
        return .string(try !joined.isEmpty && runtime.isTrue(autospace) ? " " + joined : joined)
    }

    private static let urlEncode: FilterRegistry.Filter = { runtime, value, arguments in
        try arguments.expectNone("urlencode")
        if let text = value.asText { return .string(quote(text, isQuery: false)) }
        let pairs: [Value]
        switch value {
        case .null, .bool, .int, .double: return .string(quote(try runtime.text(of: value), isQuery: false))
        case .dict(let dict): pairs = try runtime.items(of: .object(DictView(dict, .items)))
        case .object(let object) where try object.iterator(runtime) == nil:
            return .string(quote(try runtime.text(of: value), isQuery: false))
        default: pairs = try runtime.items(of: value)
        }
        let parts = try pairs.map { pair -> Text in
            let items = try runtime.unpack(pair, into: 2)
            let (key, value) = (try runtime.softText(items[0]), try runtime.softText(items[1]))
            return quote(key, isQuery: true) + "=" + quote(value, isQuery: true)
        }
        return .string(Text.joined(parts, by: "&"))
    }

    private static func quote(_ text: Text, isQuery: Bool) -> Text {
        var result: [Unicode.Scalar] = []
        for byte in text.string.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isKept = scalar.isASCII && scalar.isPythonAlnum || "_.-~".unicodeScalars.contains(scalar)
            if isKept || (scalar == "/" && !isQuery) {
                result.append(scalar)
            } else if scalar == " ", isQuery {
                result.append("+")
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += ("%" + (byte < 16 ? "0" : "") + digits).unicodeScalars
            }
        }
        return Text(result)
    }
}
