// What the server does to a module before it sends it: whole-line comments and doc blocks go (Console/ScriptComments.swift).
export function stripped(source) {
  let isInside = false;
  return source.split('\n').filter((line) => {
    const text = line.replace(/^[ \t]+/, '');
    if (isInside) {
      isInside = !text.endsWith('*/');
      return false;
    }
    if (text.startsWith('//')) return false;
    if (!text.startsWith('/**')) return true;
    if (text.includes('*/')) return !text.endsWith('*/');
    isInside = true;
    return false;
  }).join('\n');
}
