/// A Python string: Unicode code points, compared one by one.
///
/// Swift's `String` counts and compares grapheme clusters, so `length`, slices and `==` would differ from
/// Jinja2's. `isMarkup` is what makes a string `Markup`: text that the `escape` filter leaves alone.
struct Text: Sendable {
    var scalars: [Unicode.Scalar]
    var isMarkup = false

    init(_ scalars: [Unicode.Scalar] = [], isMarkup: Bool = false) {
        self.scalars = scalars
        self.isMarkup = isMarkup
    }

    init(_ slice: ArraySlice<Unicode.Scalar>, isMarkup: Bool = false) {
        self.init(Array(slice), isMarkup: isMarkup)
    }

    init(_ string: String) {
        self.init(Array(string.unicodeScalars))
    }

    var count: Int { scalars.count }
    var isEmpty: Bool { scalars.isEmpty }

    var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    var plain: Text { Text(scalars) }

    mutating func append(_ other: Text) { scalars.append(contentsOf: other.scalars) }

    /// The same kind of string with other characters, as `Markup`'s methods answer.
    func with(_ scalars: [Unicode.Scalar]) -> Text { Text(scalars, isMarkup: isMarkup) }
    func with(_ slice: ArraySlice<Unicode.Scalar>) -> Text { Text(Array(slice), isMarkup: isMarkup) }

    static func + (left: Text, right: Text) -> Text { Text(left.scalars + right.scalars) }
}

extension Text: Hashable {
    static func == (left: Text, right: Text) -> Bool { left.scalars == right.scalars }
    func hash(into hasher: inout Hasher) { hasher.combine(scalars) }
}

extension Text: Comparable {
    static func < (left: Text, right: Text) -> Bool { left.scalars.lexicographicallyPrecedes(right.scalars) }
}

extension Text: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { self.init(value) }
}
