/// What a missing name, attribute or item is: an error as soon as it is used, unless undefined names are lenient.
struct Undefined {
    var message: String
    var isStrict: Bool

    var failure: Failure { Failure(.undefined, message) }
}
