/// What makes two dictionary keys the same in Python: `1`, `1.0` and `True` are one key.
indirect enum HashKey: Hashable {
    case undefined
    case null
    case int(Int)
    case double(Double)
    case string(Text)
    case tuple([HashKey])
    case identity(ObjectIdentifier)
}
