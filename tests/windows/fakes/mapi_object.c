/* What all parts of the stand-in for MAPI share: the test's orders, memory, reference counting. */
#include "mapi.h"

#define MAPI_INTERFACE(name, number) static const GUID name = {number, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
MAPI_INTERFACE(iid_unknown, 0x00000000);
MAPI_INTERFACE(iid_table, 0x00020301);
MAPI_INTERFACE(iid_properties, 0x00020303);
MAPI_INTERFACE(iid_section, 0x00020304);
MAPI_INTERFACE(iid_profiles, 0x0002031C);
MAPI_INTERFACE(iid_services, 0x0002031D);
MAPI_INTERFACE(iid_services2, 0x00020387);
const GUID *const table_interfaces[] = {&iid_unknown, &iid_table, NULL};
const GUID *const section_interfaces[] = {&iid_unknown, &iid_properties, &iid_section, NULL};
const GUID *const profiles_interfaces[] = {&iid_unknown, &iid_profiles, NULL};
const GUID *const services_interfaces[] = {&iid_unknown, &iid_services, &iid_services2, NULL};

HRESULT outcome(unsigned long number, const char *call)
{
    char order[64], *name;
    unsigned long turn, none;
    if (!stage_order("mapi.txt", order, &turn))
        return S_OK;
    name = strchr(order, ':');
    if (name)
        *name++ = 0;
    if (name ? !strstr(call, name) : number != turn)
        return S_OK;
    if (!strcmp(order, "hang"))
        Sleep(INFINITE);
    if (!strcmp(order, "wait")) {
        char word[64];
        while (!stage_order("wake.txt", word, &none))
            Sleep(50);
        stage_log("woken.log", "%s", call);
    }
    if (!strcmp(order, "crash"))
        *(volatile char *)(ULONG_PTR)turn = 0;
    return strcmp(order, "fail") ? S_OK : CALL_FAILED;
}

HRESULT result(LSTATUS error)
{
    return error == ERROR_FILE_NOT_FOUND ? NOT_FOUND : error ? CALL_FAILED : S_OK;
}

/* Memory: what was allocated "more" goes with the first block. */
typedef struct Block {
    struct Block *next;
    LONGLONG data[];
} Block;

EXPORT LONG WINAPI MAPIAllocateBuffer(ULONG size, void **out)
{
    Block *block = calloc(1, sizeof *block + size);
    if (!block)
        return (LONG)E_OUTOFMEMORY;
    *out = block->data;
    return 0;
}

EXPORT LONG WINAPI MAPIAllocateMore(ULONG size, void *first, void **out)
{
    Block *head = (Block *)first - 1, *block;
    if (MAPIAllocateBuffer(size, out))
        return (LONG)E_OUTOFMEMORY;
    block = (Block *)*out - 1;
    block->next = head->next;
    head->next = block;
    return 0;
}

EXPORT ULONG WINAPI MAPIFreeBuffer(void *first)
{
    for (Block *block = first ? (Block *)first - 1 : NULL, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    return 0;
}

/* IUnknown */
Object *make(const void *functions, const GUID *const *interfaces, const WCHAR *profile)
{
    Object *object = calloc(1, sizeof *object);
    if (!object)
        abort();
    object->functions = functions;
    object->interfaces = interfaces;
    object->references = 1;
    if (profile)
        lstrcpynW(object->profile, profile, PROFILE_NAME);
    return object;
}

HRESULT WINAPI query_interface(Object *object, REFIID id, void **out)
{
    *out = NULL;
    CALL("QueryInterface %08lx", (unsigned long)id->Data1);
    for (const GUID *const *known = object->interfaces; *known; known++)
        if (IsEqualGUID(*known, id)) {
            InterlockedIncrement(&object->references);
            *out = object;
            return S_OK;
        }
    return E_NOINTERFACE;
}

ULONG WINAPI add_reference(Object *object)
{
    return InterlockedIncrement(&object->references);
}

ULONG WINAPI release(Object *object)
{
    const LONG left = InterlockedDecrement(&object->references);
    if (!left)
        free(object);
    return left;
}

HRESULT WINAPI unsupported(void)
{
    CALL("a call that this provider does not have");
    return NO_SUPPORT;
}
