/// Looks at the members that are skipped.
protocol JSONWatcher {
    /// A member at any depth, with the cursor on its value: either walk over the value and answer true, or touch nothing and answer false.
    mutating func takes(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) -> Bool
}

/// Sees nothing.
private struct Blind: JSONWatcher {
    @inline(__always)
    mutating func takes(_ name: JSONString, _ cursor: inout JSONCursor) throws(JSONFault) -> Bool { false }
}

/// Which of the open containers are objects: one bit each.
private struct Nest {
    private var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
    private var count = 0

    /// The cursor's depth limit keeps `count` below 256.
    @inline(__always)
    mutating func push(isObject: Bool) {
        let bit: UInt64 = 1 << UInt64(count & 63)
        if isObject { words[(count >> 6) & 3] |= bit } else { words[(count >> 6) & 3] &= ~bit }
        count &+= 1
    }

    @inline(__always)
    mutating func pop() { count &-= 1 }

    @inline(__always)
    var isObject: Bool {
        let top = count &- 1
        return words[(top >> 6) & 3] & (1 << UInt64(top & 63)) != 0
    }
}

extension JSONCursor {
    /// Walks over one value.
    mutating func skip() throws(JSONFault) {
        var blind = Blind()
        try skip(watchedBy: &blind)
    }

    /// Walks over one value and shows `watcher` the members of all objects in it.
    mutating func skip(watchedBy watcher: inout some JSONWatcher) throws(JSONFault) {
        let floor = depth
        var nest = Nest()
        var isAtValue = true
        while true {
            if isAtValue {
                isAtValue = try passValueOrOpen(&nest, &watcher)
            } else if depth == floor {
                return
            } else {
                isAtValue = try passSeparator(&nest, &watcher)
            }
        }
    }

    /// Answers whether a value comes next.
    @inline(__always)
    private mutating func passValueOrOpen(_ nest: inout Nest, _ watcher: inout some JSONWatcher) throws(JSONFault) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            try open()
            skipSpace()
            if byte == UInt8(ascii: "}") { close(); return false }
            nest.push(isObject: true)
            forgetComma()
            return try passName(&watcher)
        case UInt8(ascii: "["):
            try open()
            skipSpace()
            if byte == UInt8(ascii: "]") { close(); return false }
            nest.push(isObject: false)
            return true
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
        return false
    }

    @inline(__always)
    private mutating func passSeparator(_ nest: inout Nest, _ watcher: inout some JSONWatcher) throws(JSONFault) -> Bool {
        skipSpace()
        switch byte {
        case UInt8(ascii: ","):
            passComma()
            return nest.isObject ? try passName(&watcher) : true
        case UInt8(ascii: "}"):
            guard nest.isObject else { throw .malformed }
        case UInt8(ascii: "]"):
            guard !nest.isObject else { throw .malformed }
        default: throw .malformed
        }
        nest.pop()
        close()
        return false
    }

    @inline(__always)
    private mutating func passName(_ watcher: inout some JSONWatcher) throws(JSONFault) -> Bool {
        let name = try name()
        return try !watcher.takes(name, &self)
    }
}
