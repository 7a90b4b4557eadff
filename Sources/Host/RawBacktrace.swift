/// What `swift-backtrace` wrote of a crash with `format=json,symbolicate=off`: addresses and where the images lay. No registers.
package struct RawBacktrace: Sendable, Equatable {
    package struct Frame: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case programCounter, returnAddress, asyncResumePoint
            /// Left out of a deep stack: how many.
            case omitted(Int)
            case truncated
        }

        package let kind: Kind
        /// 0 where `kind` has none.
        package let address: UInt64

        package init(kind: Kind, address: UInt64) {
            self.kind = kind
            self.address = address
        }
    }

    package struct Image: Sendable, Equatable {
        package let name: String
        /// Hexadecimal; empty when the image has none.
        package let buildID: String
        package let base: UInt64
        package let end: UInt64

        package init(name: String, buildID: String, base: UInt64, end: UInt64) {
            self.name = name
            self.buildID = buildID
            self.base = base
            self.end = end
        }
    }

    /// The crash in the runtime's words, such as "Illegal instruction".
    package var description: String
    package var faultAddress: UInt64
    package var architecture: String
    /// The crashed thread's name; empty when it has none.
    package var thread: String
    package var frames: [Frame]
    package var images: [Image]
    /// The fault lay next to the stack pointer: the stack was used up.
    package var isAtStackEnd: Bool

    package init(
        description: String, faultAddress: UInt64, architecture: String, thread: String, frames: [Frame], images: [Image],
        isAtStackEnd: Bool
    ) {
        self.description = description
        self.faultAddress = faultAddress
        self.architecture = architecture
        self.thread = thread
        self.frames = frames
        self.images = images
        self.isAtStackEnd = isAtStackEnd
    }

    /// - Parameter bytes: the file's content; hostile input is refused, at most 200 frames and 300 images are kept.
    package init?(json bytes: some Collection<UInt8>) {
        guard bytes.count <= 8 << 20, let report = JSONText(bytes), let threads = report["threads"]?.array else { return nil }
        let crashed = threads.first { $0["crashed"]?.bool == true } ?? threads.first
        description = String((report["description"]?.string ?? "").prefix(200))
        faultAddress = Self.address(report["faultAddress"]) ?? 0
        architecture = String((report["architecture"]?.string ?? "").prefix(32))
        thread = String((crashed?["name"]?.string ?? "").prefix(64))
        frames = (crashed?["frames"]?.array ?? []).prefix(200).compactMap(Frame.init)
        images = (report["images"]?.array ?? []).prefix(300).compactMap(Image.init)
        let stack = crashed?["registers"].flatMap { Self.address($0["rsp"] ?? $0["sp"]) }
        isAtStackEnd = report["stackEnd"]?.bool ?? Self.isNear(stack, faultAddress)
    }

    /// The image that an address lies in.
    package func image(of address: UInt64) -> Image? {
        images.first { $0.base <= address && address < $0.end }
    }

    /// Tells crashes of one kind of one build from others: FNV-1a over where the innermost frames lie in their images. Nil without frames.
    package var signature: UInt64? {
        let inner = frames.filter { $0.address != 0 }.prefix(5)
        guard !inner.isEmpty else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for frame in inner {
            let image = image(of: frame.address)
            for byte in Array("\(image?.name ?? "?")+\(frame.address - (image?.base ?? 0));".utf8) {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return hash
    }

    /// As JSON of the same form, without what the runtime adds: this may be kept.
    package var json: String {
        let shownFrames = frames.map(\.json).joined(separator: ", ")
        let shownImages = images.map(\.json).joined(separator: ", ")
        return """
            {"description": \(Self.quoted(description)), "faultAddress": "\(Self.hex(faultAddress))", \
            "architecture": \(Self.quoted(architecture)), "stackEnd": \(isAtStackEnd), \
            "threads": [{"name": \(Self.quoted(thread)), "crashed": true, "frames": [\(shownFrames)]}], "images": [\(shownImages)]}\n
            """
    }

    /// Within the guard pages' reach: the largest frame that is seen in practice is below 256 KiB.
    private static func isNear(_ stack: UInt64?, _ fault: UInt64) -> Bool {
        guard let stack, fault > 0x10000 else { return false }
        return (stack > fault ? stack - fault : fault - stack) < 256 * 1_024
    }

    static func address(_ value: JSONText?) -> UInt64? {
        guard let text = value?.string, text.hasPrefix("0x") else { return nil }
        return UInt64(text.dropFirst(2), radix: 16)
    }

    static func hex(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }

    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\\(scalar)"
            case "\u{0}"..<"\u{20}", "\u{7F}": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension RawBacktrace.Frame {
    fileprivate init?(_ value: JSONText) {
        let address = RawBacktrace.address(value["address"]) ?? 0
        switch value["kind"]?.string {
        case "programCounter": self.init(kind: .programCounter, address: address)
        case "returnAddress": self.init(kind: .returnAddress, address: address)
        case "asyncResumePoint": self.init(kind: .asyncResumePoint, address: address)
        case "omittedFrames": self.init(kind: .omitted(max(0, value["count"]?.int ?? 0)), address: 0)
        case "truncated": self.init(kind: .truncated, address: 0)
        default: return nil
        }
    }

    fileprivate var json: String {
        let at = "\"address\": \"\(RawBacktrace.hex(address))\""
        return switch kind {
        case .programCounter: "{\"kind\": \"programCounter\", \(at)}"
        case .returnAddress: "{\"kind\": \"returnAddress\", \(at)}"
        case .asyncResumePoint: "{\"kind\": \"asyncResumePoint\", \(at)}"
        case .omitted(let count): "{\"kind\": \"omittedFrames\", \"count\": \(count)}"
        case .truncated: "{\"kind\": \"truncated\"}"
        }
    }
}

extension RawBacktrace.Image {
    fileprivate init?(_ value: JSONText) {
        guard let base = RawBacktrace.address(value["baseAddress"]), let end = RawBacktrace.address(value["endOfText"]), base < end else {
            return nil
        }
        self.init(
            name: String((value["name"]?.string ?? "?").prefix(200)), buildID: String((value["buildId"]?.string ?? "").prefix(128)),
            base: base,
            end: end)
    }

    fileprivate var json: String {
        """
        {"name": \(RawBacktrace.quoted(name)), "buildId": \(RawBacktrace.quoted(buildID)), \
        "baseAddress": "\(RawBacktrace.hex(base))", "endOfText": "\(RawBacktrace.hex(end))"}
        """
    }
}
