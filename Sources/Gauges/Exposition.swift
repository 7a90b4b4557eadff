/// A page of figures in Prometheus's text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
package struct Exposition: Sendable {
    /// What its HTTP answer says of itself.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package private(set) var text = ""

    package init() {}

    /// One figure without labels.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [([], value)])
    }

    /// Several of one name. Nothing is written where there is none.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]) {
        guard !samples.isEmpty else { return }
        head(name, kind, help)
        for sample in samples { line(name, sample.labels, sample.value) }
    }

    package mutating func add(_ name: String, _ help: String, _ counter: Counter) {
        add(name, .counter, help, Double(counter.value))
    }

    package mutating func add(_ name: String, _ help: String, _ family: Family<Counter>) {
        add(name, .counter, help, family.all.map { (labels: Array(zip(family.labels, $0.values)), value: Double($0.figure.value)) })
    }

    package mutating func add(_ name: String, _ help: String, _ histogram: Histogram) {
        head(name, .histogram, help)
        lines(name, [], histogram)
    }

    package mutating func add(_ name: String, _ help: String, _ family: Family<Histogram>) {
        let all = family.all
        guard !all.isEmpty else { return }
        head(name, .histogram, help)
        for one in all { lines(name, Array(zip(family.labels, one.values)), one.figure) }
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func lines(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        let (cumulative, sum) = histogram.picture
        for (count, bound) in zip(cumulative, histogram.bounds.map(Self.number) + ["+Inf"]) {
            line(name + "_bucket", labels + [("le", bound)], Double(count))
        }
        line(name + "_sum", labels, sum)
        line(name + "_count", labels, Double(cumulative.last ?? 0))
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    /// Whole numbers without a fraction: 3, not 3.0.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && value.magnitude < 9e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.unicodeScalars.reduce(into: "") { out, scalar in
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\"" where quotes: out += "\\\""
            default: out.unicodeScalars.append(scalar)
            }
        }
    }
}
