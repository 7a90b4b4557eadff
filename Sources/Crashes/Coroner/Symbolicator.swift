import FoundationEssentials
import Host
import Runtime

/// Names the addresses of a dead process by the debug information of this one: it is the same program, only laid at other addresses.
///
/// So no tool is needed on the server. Done by `Runtime`'s public `Codable` form of a backtrace (SE-0419; the compact format is
/// docs/CompactBacktraceFormat.md of the Swift project), because that module has no initialiser that takes addresses.
struct Symbolicator {
    /// What came of it.
    struct Outcome {
        var frames: [CertificateFrame]
        /// What Swift's own check says, where the compiler left it.
        var failure: String?
        var missing: MissingEvidence?
    }

    private let raw: RawBacktrace
    private let own = ImageMap.capture()

    init(_ raw: RawBacktrace) {
        self.raw = raw
    }

    func outcome() -> Outcome {
        let moved = raw.frames.map { frame in (frame, place(of: frame)) }
        guard moved.contains(where: { $0.1 != nil }) else {
            return Outcome(frames: raw.frames.map(Self.unnamed(in: raw)), missing: .sameBuild)
        }
        guard let backtrace = backtrace(of: moved.compactMap { pair in pair.1.map { (pair.0.kind, $0) } }),
            let symbolicated = backtrace.symbolicated(with: own)
        else { return Outcome(frames: raw.frames.map(Self.unnamed(in: raw)), missing: .symbols) }
        let unnamed = Self.unnamed(in: raw)
        var named = Named(symbolicated.frames)
        var frames: [CertificateFrame] = []
        for (frame, address) in moved {
            guard let address else {
                frames.append(unnamed(frame))
                continue
            }
            frames += named.take(address).filter { !isNoise($0) }.map { self.frame(frame, $0) }
        }
        let failure = symbolicated.frames.prefix(4).compactMap { $0.symbol.flatMap { FrameName.failure($0.rawName) } }.first
        // The main program's frames are what counts: without any of them another build died.
        let isOwnBuild =
            raw.frames.contains { frame in isOfProgram(frame) && place(of: frame) != nil } || !raw.frames.contains(where: isOfProgram)
        return Outcome(frames: frames, failure: failure, missing: isOwnBuild ? nil : .sameBuild)
    }

    /// What the compiler puts between two functions that people wrote. The addresses stay in `backtrace.json`.
    private func isNoise(_ found: SymbolicatedBacktrace.Frame) -> Bool {
        guard let symbol = found.symbol else { return false }
        return found.isSwiftThunk || FrameName.isGlue(symbol.name)
    }

    private func isOfProgram(_ frame: RawBacktrace.Frame) -> Bool {
        guard let image = raw.image(of: frame.address) else { return false }
        return !image.name.contains(".so")
    }

    /// Where the frame's code lies in this process; nil when its image isn't here in the same build.
    private func place(of frame: RawBacktrace.Frame) -> UInt64? {
        guard frame.address != 0, let image = raw.image(of: frame.address), !image.buildID.isEmpty else { return nil }
        for one in own where hex(one.uniqueID ?? []) == image.buildID {
            guard let base = UInt64(one.baseAddress), let end = UInt64(one.endOfText) else { return nil }
            let (place, isOver) = base.addingReportingOverflow(frame.address - image.base)
            // A return address of 0 would be adjusted to below the image.
            return isOver || place <= base || place >= end ? nil : place
        }
        return nil
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    private func backtrace(of frames: [(RawBacktrace.Frame.Kind, UInt64)]) -> Backtrace? {
        // Version 0, words of 64 bits; then for each frame its kind, "absolute, 8 bytes", and the address, high byte first.
        var compact: [UInt8] = [0b10]
        for (kind, address) in frames {
            switch kind {
            case .programCounter: compact.append(0b0001_1111)
            case .asyncResumePoint: compact.append(0b0011_1111)
            default: compact.append(0b0010_1111)
            }
            for shift in stride(from: 56, through: 0, by: -8) { compact.append(UInt8(truncatingIfNeeded: address >> UInt64(shift))) }
        }
        compact.append(0)
        let form = ["architecture": raw.architecture, "backtrace": Data(compact).base64EncodedString()]
        guard let json = try? JSONEncoder().encode(form) else { return nil }
        return try? JSONDecoder().decode(Backtrace.self, from: json)
    }

    private func frame(_ raw: RawBacktrace.Frame, _ found: SymbolicatedBacktrace.Frame) -> CertificateFrame {
        var frame = Self.unnamed(in: self.raw)(raw)
        if found.inlined { frame.kind = .inlined }
        guard let symbol = found.symbol, !symbol.rawName.isEmpty, symbol.rawName != "<unknown>" else { return frame }
        frame.function = FrameName.function(symbol.name)
        guard let location = symbol.sourceLocation, let file = FrameName.file(location.path) else { return frame }
        frame.file = file.shown
        frame.line = location.line > 0 ? location.line : nil
        frame.isOwn = file.isOwn && !found.isSwiftThunk
        return frame
    }

    /// The frame as addresses alone tell it.
    static func unnamed(in raw: RawBacktrace) -> (RawBacktrace.Frame) -> CertificateFrame {
        { frame in
            switch frame.kind {
            case .omitted(let count): return CertificateFrame(kind: .omitted, count: count)
            case .truncated: return CertificateFrame(kind: .omitted)
            case .programCounter, .returnAddress, .asyncResumePoint: break
            }
            let isAsync = frame.kind == .asyncResumePoint
            var made = CertificateFrame(kind: isAsync ? .async : .call, address: "0x" + String(frame.address, radix: 16))
            if let image = raw.image(of: frame.address) {
                made.image = Printable.line(image.name, limit: 100) + "+0x" + String(frame.address - image.base, radix: 16)
            }
            return made
        }
    }
}

/// Hands the named frames out by address: what was built into a function comes before it, at the same address.
private struct Named {
    private var rest: ArraySlice<SymbolicatedBacktrace.Frame>

    init(_ frames: [SymbolicatedBacktrace.Frame]) {
        rest = frames[...]
    }

    mutating func take(_ address: UInt64) -> [SymbolicatedBacktrace.Frame] {
        let mine = rest.prefix { UInt64($0.captured.originalProgramCounter) == address }
        // One address may stand twice in a row (recursion): the call itself is the last of its group.
        let count = (mine.firstIndex { !$0.inlined }).map { $0 - mine.startIndex + 1 } ?? mine.count
        defer { rest = rest.dropFirst(count) }
        return Array(mine.prefix(count))
    }
}
