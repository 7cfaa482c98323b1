extension StringMethods {
    static let formats: [String: Method] = [
        "format": { runtime, text, arguments in
            let result = try StringFormat.format(text, arguments, runtime)
            return .string(text.with(result.scalars))
        },
        "format_map": { runtime, text, arguments in
            let mapping = try arguments.only("format_map")
            guard case .dict(let dict) = mapping else {
                throw Failure.type("format_map() needs a dict, found \(mapping.typeName)")
            }
            var named = Arguments()
            for (key, value) in zip(dict.keys, dict.values) {
                if let name = key.asText { named.named.append((name.string, value)) }
            }
            return .string(text.with(try StringFormat.format(text, named, runtime).scalars))
        },
        "encode": { _, _, _ in
            throw Failure(.type, "bytes are not supported in templates", hint: "leave out .encode()")
        },
        "unescape": { _, text, arguments in
            guard text.isMarkup else { throw Failure(.attribute, "str has no attribute 'unescape'") }
            try arguments.expectNone("unescape")
            return .string(Entities.decode(text.plain))
        },
        "striptags": { _, text, arguments in
            guard text.isMarkup else { throw Failure(.attribute, "str has no attribute 'striptags'") }
            try arguments.expectNone("striptags")
            return .string(Markup.strippingTags(text))
        },
    ]
}
