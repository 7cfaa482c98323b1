extension Text {
    var lowercased: Text {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(count)
        for index in scalars.indices { appendLower(at: index, to: &result) }
        return with(result)
    }

    var uppercased: Text { with(scalars.flatMap { Array($0.properties.uppercaseMapping.unicodeScalars) }) }

    var casefolded: Text {
        with(
            scalars.flatMap { scalar -> [Unicode.Scalar] in
                guard scalar.properties.changesWhenCaseFolded else { return [scalar] }
                let upper = Text(scalar.properties.uppercaseMapping)
                return upper.scalars.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
            })
    }

    var capitalized: Text {
        var result: [Unicode.Scalar] = []
        for index in scalars.indices {
            if index == 0 {
                result.append(contentsOf: scalars[0].properties.titlecaseMapping.unicodeScalars)
            } else {
                appendLower(at: index, to: &result)
            }
        }
        return with(result)
    }

    /// `str.title`: a capital wherever a cased letter follows something uncased.
    var titlecased: Text {
        var result: [Unicode.Scalar] = []
        var followsCased = false
        for index in scalars.indices {
            if followsCased {
                appendLower(at: index, to: &result)
            } else {
                result.append(contentsOf: scalars[index].properties.titlecaseMapping.unicodeScalars)
            }
            followsCased = scalars[index].properties.isCased
        }
        return with(result)
    }

    var caseSwapped: Text {
        var result: [Unicode.Scalar] = []
        for index in scalars.indices {
            let scalar = scalars[index]
            if scalar.properties.isUppercase {
                appendLower(at: index, to: &result)
            } else if scalar.properties.isLowercase {
                result.append(contentsOf: scalar.properties.uppercaseMapping.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return with(result)
    }

    /// Lower case needs the neighbours: a capital sigma that ends a word becomes ς.
    private func appendLower(at index: Int, to result: inout [Unicode.Scalar]) {
        let scalar = scalars[index]
        guard scalar == "\u{3A3}" else {
            result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            return
        }
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        let isFinal = before?.properties.isCased == true && after?.properties.isCased != true
        result.append(isFinal ? "\u{3C2}" : "\u{3C3}")
    }
}
