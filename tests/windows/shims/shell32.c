/* Shell_NotifyIconGetRect, which is a stub in Wine 8.0: without it the tray library drops every click on its icon.
   A click is where the pointer is. Everything else is forwarded to Wine's own shell32. Lies beside the tested program.
 */
#define _SHELL32_ /* its functions are made here, not imported */
#include <windows.h>

HRESULT WINAPI Shell_NotifyIconGetRect(const NOTIFYICONIDENTIFIER *identifier, RECT *rectangle)
{
    const LONG half = 8;
    POINT pointer;
    if (!GetCursorPos(&pointer))
        return E_FAIL;
    SetRect(rectangle, pointer.x - half, pointer.y - half, pointer.x + half, pointer.y + half);
    return S_OK;
}
